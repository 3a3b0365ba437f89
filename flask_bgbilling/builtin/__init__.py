"""Our own features as plugins: they use what a stranger's plugin may use."""
