"""Short-lived Hugging Face credentials for CI jobs: the program `hfmint`, as a wheel."""
