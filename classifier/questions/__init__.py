"""What pages ask the score worker, which has the model in memory.

The question goes through Celery, the answer comes back through Redis, and the page looks again until it is there.
"""
