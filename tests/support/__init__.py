"""What the tests in Python share: real and fake mail servers, the proxy between them, clients."""
