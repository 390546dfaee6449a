"""Kafka behind one door: the relay that sends the outbox, the consumer that feeds the inbox, the worker around both."""
