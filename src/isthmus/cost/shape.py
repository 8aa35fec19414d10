"""How big events, frames and functions are: what the model of the event path computes with."""

from __future__ import annotations

from dataclasses import dataclass, replace

from isthmus.core.frames import base64_size


@dataclass(frozen=True)
class Shape:
    """How big things are, on average.

    Attributes:
        events_per_frame: Events of a frame.
        payload_bytes: Bytes of a frame's payload, gzip when `compressed`; it is the object's size too.
        events_per_request: Events of a request to ingest.
        request_bytes: Bytes of a request's body.
        compressed: Whether payloads are gzip: base64 on SNS and SQS.
        attribute_bytes: Bytes of a message's attributes, names and values.
        frames_per_batch: Messages that Lambda gets from a queue at a time.
    """

    events_per_frame: float
    payload_bytes: float
    events_per_request: float
    request_bytes: float
    compressed: bool = True
    attribute_bytes: int = 260
    frames_per_batch: float = 10

    def text_bytes(self) -> float:
        """Bytes of a message on SNS and SQS."""
        body = base64_size(round(self.payload_bytes)) if self.compressed else self.payload_bytes
        return body + self.attribute_bytes

    def one_event_a_message(self, event_bytes: float) -> Shape:
        """The same events and requests with a message and an object for each event, as it is usually built.

        Args:
            event_bytes: Bytes of an event in JSON; too few to gain by compression.
        """
        return replace(self, events_per_frame=1, payload_bytes=event_bytes, compressed=False)


@dataclass(frozen=True)
class Sizes:
    """How big the functions are and how long they work.

    Attributes:
        ingest_memory_mb: Memory of ingest on Lambda.
        worker_memory_mb: Memory of archive and bridge on Lambda.
        run_memory_mb: Memory of each service on Cloud Run, with one vCPU.
        call_ms: Milliseconds of a call to a broker or a bucket, waited for.
        event_ms: Milliseconds of work on an event.
        architecture: Lambda's, `arm64` or `x86_64`.
        aws_region: Region of the AWS side.
        gcp_region: Region of the Google side.
    """

    ingest_memory_mb: int = 1024
    worker_memory_mb: int = 512
    run_memory_mb: int = 512
    call_ms: float = 20.0
    event_ms: float = 0.01
    architecture: str = "arm64"
    aws_region: str = "us-east-1"
    gcp_region: str = "us-central1"
