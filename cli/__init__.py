"""`tiktok-collector`: what a person does with a deployed stack or with the local cloud (docs/cli.md)."""
