"""The provider's side of the plug-in protocol: one module a group of RPCs."""
