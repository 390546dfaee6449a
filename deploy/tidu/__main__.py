"""`python -m deploy.tidu <command>`."""

from deploy.tidu.app import app

if __name__ == "__main__":
    app(prog_name="tidu")
