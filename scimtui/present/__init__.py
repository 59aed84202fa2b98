"""Values as rows, labels, sentences and files. No toolkit, no I/O."""
