"""The plug-in wire: protocol messages, the go-plugin reattach handshake and the msgpack form of values."""
