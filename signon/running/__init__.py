"""What an operator watches: clocks, outages, what all processes have counted."""
