"""A simulated lesson, so that the pages can be seen alive: `make demo`.

Starts the built server with a database that is thrown away at the end, and posts pictures through the API as cameras
would. All students are invented and their faces drawn; nothing but pictures is sent, every figure on the pages is the
server's own. One student is the visitor, who may let the lesson see their own camera.
"""

import argparse
import concurrent.futures
import secrets
import signal
import time

from classroom import simulation
from classroom.server import Server

LIVE_EVERY_S = 2.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--students", type=int, default=24, choices=range(1, 25), metavar="N", help="1 to 24 (24)")
    parser.add_argument("--minutes", type=float, default=10, help="of the lesson that have passed at the start (10)")
    wanted = parser.parse_args()
    # A parent, such as a test runner, may have blocked or ignored them.
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})
    server = Server(port=wanted.port, secret=f"demo-{secrets.token_urlsafe(12)}")
    try:
        print("Drawing the simulated students and posting the lesson's past …", flush=True)
        students = [simulation.Student(number) for number in range(wanted.students)]
        gallery = simulation.Gallery()
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            group, lesson = simulation.prepare(server.admin, pool, gallery, students, wanted.minutes)
            server.admin.send("PUT", f"/v1/classes/{group}/students/visitor", {"display_name": "You (your camera)"})
            for who, page, role, student in (
                ("The teacher", "dashboard", "teacher", None),
                ("A student", "report", "student", students[0].id),
                ("Yourself", "join", "student", "visitor"),
            ):
                token = server.token(role, group, student)["token"]
                print(f"\n  {who:12} {server.base}/{page}\n  {'token':12} {token}")
            print("\nThe lesson goes on until Ctrl-C.", flush=True)
            began = time.time() - wanted.minutes * 60
            while True:
                turn = time.time()
                simulation.post(server.admin, pool, gallery, students, lesson, turn - began)
                time.sleep(max(0.0, turn + LIVE_EVERY_S - time.time()))
    except KeyboardInterrupt:
        print("\nStopping; the simulated data are thrown away.")
    finally:
        server.stop()


if __name__ == "__main__":
    main()
