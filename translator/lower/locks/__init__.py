"""Locks, wait queues and objects as variables (`locks`), read sections of RCU (`rcu`), and which locks keep
their queue (`queues`)."""
