"""man_page.py PROGRAM SECTION: writes the man page of a program to stdout, from what its --help says, so that it cannot say
anything else."""

import pathlib
import re
import subprocess
import sys

DAEMONS = {"token-server": "server", "token-gateway": "gateway", "token-standalone": "standalone"}
SEE_ALSO = {"token-server": "token-gateway(8), token-standalone(8), token-cli(1)",
            "token-gateway": "token-server(8), token-standalone(8)",
            "token-standalone": "token-server(8), token-gateway(8), openvidu-emulator(1)",
            "openvidu-emulator": "token-standalone(8)"}
STATUS = (("0", "It ended as it was asked to."), ("1", "Something failed, such as a port that is in use."),
          ("2", "There is a mistake in flags, environment or files; stderr names all of them, a line each."))


def output(program, flag):
    # Without an environment, from which some defaults are taken.
    return subprocess.run([program, flag], env={}, capture_output=True, text=True, check=True).stdout


def escape(text):
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("…", "...")
    return re.sub(r"^\.", r"\\&.", text, flags=re.MULTILINE)


def paragraphs(text):
    return "\n.PP\n".join(escape(" ".join(part.split())) for part in text.split("\n\n"))


def flags_of(text):
    """(name, default or None, help) of each flag."""
    for entry in re.split(r"\n(?=  --)", text.strip("\n")):
        head, _, about = entry.partition("\n")
        name, _, default = head.strip().partition(" (default: ")
        yield name, default[:-1] if default else None, " ".join(about.split())


def options(text):
    for name, default, about in flags_of(text):
        argument = "=" + default if default else ""
        yield f".TP\n\\fB{escape(name)}\\fR{escape(argument)}\n{escape(about)}"


def page(program, section):
    name = pathlib.Path(program).name
    usage, _, flags = output(program, "--help").partition("\n\nFlags:\n")
    first, _, rest = usage.partition("\n\n")
    about = first.partition(": ")[2].rstrip(".")
    version = output(program, "--version").split()[1]
    yield f'.TH {name.upper()} {section} "" "OpenVidu Token Service {version}"'
    yield f".SH NAME\n{escape(name)} \\- {escape(about)}"
    yield f".SH SYNOPSIS\n.B {escape(name)}\n[\\fB\\-\\-\\fIflag\\fR=\\fIvalue\\fR ...]"
    description, _, environment = rest.partition("Environment: ")
    yield ".SH DESCRIPTION\n" + paragraphs(f"{first.partition(': ')[2]}\n\n{description}".strip())
    if environment:
        yield ".SH ENVIRONMENT\n" + paragraphs(environment)
    yield ".SH OPTIONS\nEach with its default.\n" + "\n".join(options(flags))
    yield ".SH EXIT STATUS\n" + "\n".join(f".TP\n{code}\n{escape(text)}" for code, text in STATUS)
    if name in DAEMONS:
        part = DAEMONS[name]
        yield (".SH SIGNALS\n.TP\nSIGTERM, SIGINT\n" + escape(
            "It says that it is not ready, serves on for --drain_delay, takes no new calls then, and gives those under "
            "way --shutdown_grace to finish. A second one ends it at once."))
        secret = "" if part == "gateway" else (
            ".TP\n.I /etc/openvidu\\-token/secret\n" + escape(
                "The secret of OpenVidu, in one line, readable by root only. Without this file the service does not "
                "start.") + "\n")
        yield (f".SH FILES\n.TP\n.I /etc/openvidu\\-token/{part}.conf\n" + escape(
            f"The flags of the service openvidu-token-{part}, one a line (--flagfile).") + "\n" + secret).rstrip()
    yield ".SH SEE ALSO\n" + escape(SEE_ALSO[name])


if __name__ == "__main__":
    print("\n".join(page(*sys.argv[1:])))
