"""Everything needed to run Tidu somewhere: one machine without Docker, containers, or a real Apache Kafka."""
