"""Reading lists of enterprises: files, columns, cells, and what a row means."""
