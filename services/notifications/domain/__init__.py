"""Pure rules: which duties follow from recognitions, when they are told, in which words, and what a mail's fate is."""
