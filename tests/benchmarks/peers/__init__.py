"""Other state machine libraries, each driving the situation rules of the default table."""
