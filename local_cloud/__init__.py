"""The local cloud: builds, deploys and drives the real stack on this machine (`make run`, docs/local.md)."""
