"""Ask the web server of this container how it is: ``ask_health.py /sante/pret``; exits 1 unless it says 200."""

import http.client
import os
import sys


def main() -> int:
    port = int(os.environ.get("BIND", "127.0.0.1:8000").rpartition(":")[2])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=4)
    try:
        connection.request("GET", sys.argv[1])
        response = connection.getresponse()
        sys.stdout.write(response.read().decode())
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0 if response.status == http.client.OK else 1


if __name__ == "__main__":
    sys.exit(main())
