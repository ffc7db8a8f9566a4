"""Eight who write at once, each over one connection that stays open: a process of its own, of the standard library.

    python writers.py ours|isso PORT PATH COMMENTS NAME      prints one JSON object

COMMENTS are of each writer; NAME tells the words of one run from those of another.
"""

import http.client
import json
import sys
import threading
import time
from collections import Counter
from urllib.parse import urlencode

WRITERS = 8
ACCEPTED = {"ours": 303, "isso": 201}


def form(site: str, text: str, writer: int) -> tuple[str, dict[str, str]]:
    """The body of a post and its headers, as a browser would send them."""
    name, email = f"Writer {writer}", f"writer-{writer}@example.org"
    if site == "ours":
        body = urlencode({"body": text, "name": name, "email": email})
        return body, {"Content-Type": "application/x-www-form-urlencoded"}
    body = json.dumps({"text": text, "author": name, "email": email, "title": "An article"})
    return body, {"Content-Type": "application/json", "Origin": "http://localhost"}


def write(site: str, port: int, path: str, texts: list[str], writer: int, statuses: Counter[int]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for text in texts:
        body, headers = form(site, text, writer)
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        answer.read()
        statuses[answer.status] += 1
    connection.close()


def main(site: str, port: str, path: str, comments: str, name: str) -> None:
    """A writer whose connection breaks has its remaining comments missing from the sum: nothing is sent twice."""
    counted = [Counter[int]() for _ in range(WRITERS)]
    texts = [
        [f"Comment {number} of run {name} by writer {writer}, with *some* words." for number in range(int(comments))]
        for writer in range(WRITERS)
    ]
    threads = [
        threading.Thread(target=write, args=(site, int(port), path, texts[writer], writer, counted[writer]))
        for writer in range(WRITERS)
    ]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - begun
    statuses = sum(counted, Counter[int]())
    accepted = statuses.pop(ACCEPTED[site], 0)
    json.dump({"accepted": accepted, "refused": statuses, "seconds": seconds}, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
