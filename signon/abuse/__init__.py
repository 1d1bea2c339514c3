"""What came too alike: limits, proof of work, holds."""
