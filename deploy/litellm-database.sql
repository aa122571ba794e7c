-- The proxy keeps its keys and spend apart from the agents' runs.
CREATE DATABASE litellm;
