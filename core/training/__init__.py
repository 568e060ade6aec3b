"""What operators teach: every action is a label, every sent answer a sample."""
