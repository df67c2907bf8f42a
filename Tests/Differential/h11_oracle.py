"""The referee of DifferentialTests: reads byte streams, each after its length (4 bytes, big endian), from stdin and
prints one line for each: the requests h11's server accepts from it, `method target length:sum of the body`, joined by
tabs. A connection that the client asks to close ends there."""

import sys

import h11


def accepted(stream: bytes) -> list[str]:
    connection = h11.Connection(h11.SERVER, max_incomplete_event_size=1 << 20)
    connection.receive_data(stream)
    requests, head, body = [], None, b""
    try:
        while True:
            event = connection.next_event()
            if isinstance(event, h11.Request):
                head, body = event, b""
            elif isinstance(event, h11.Data):
                body += bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                requests.append(f"{head.method.decode()} {head.target.decode()} {len(body)}:{sum(body)}")
                # Answered, so that the next request is parsed; 404, since 200 to CONNECT would open a tunnel.
                connection.send(h11.Response(status_code=404, headers=[("Content-Length", "0")]))
                connection.send(h11.EndOfMessage())
                if connection.our_state is not h11.DONE:
                    return requests
                connection.start_next_cycle()
            else:  # NEED_DATA, PAUSED
                return requests
    except h11.RemoteProtocolError:
        return requests


def main() -> None:
    data = sys.stdin.buffer.read()
    position = 0
    while position < len(data):
        length = int.from_bytes(data[position : position + 4], "big")
        position += 4
        print("\t".join(accepted(data[position : position + length])))
        position += length


if __name__ == "__main__":
    main()
