"""`python -m cli`: what `bin/tiktok-collector` calls."""

from cli.app import app

if __name__ == "__main__":
    app(prog_name="tiktok-collector")
