"""What the operators see: correlation through HTTP and Kafka, structured logs, metrics."""
