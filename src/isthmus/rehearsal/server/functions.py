"""GetFunctions, CallFunction: the functions that come with the provider."""

from __future__ import annotations

from typing import Any

from isthmus.rehearsal.convert.types import STRING
from isthmus.rehearsal.resources.functions import FUNCTIONS, Function, FunctionFailed
from isthmus.rehearsal.server.provider import Provider, dynamic, response
from isthmus.rehearsal.wire import codec, messages


def get_functions(provider: Provider, request: Any, peer: str) -> Any:
    """Parameters and results of the functions."""
    return response("GetFunctions", functions=definitions(provider))


def call_function(provider: Provider, request: Any, peer: str) -> Any:
    """Calls a function; what is wrong with an argument is its error, not the run's."""
    function = FUNCTIONS[provider.family][request.name]
    arguments = [codec.decode_dynamic(argument, STRING) for argument in request.arguments]
    try:
        result = function.call(*arguments)
    except FunctionFailed as failed:
        error = messages.message("FunctionError")(text=str(failed), function_argument=failed.argument)
        return response("CallFunction", error=error)
    return response("CallFunction", result=dynamic(codec.encode(result, function.result)))


def definitions(provider: Provider) -> dict[str, Any]:
    """The functions as the schema has them."""
    return {name: _definition(function) for name, function in FUNCTIONS.get(provider.family, {}).items()}


def _definition(function: Function) -> Any:
    parameter = messages.message("Parameter")
    parameters = [parameter(name=name, type=STRING.wire) for name in function.parameters]
    made = messages.message("Function")(parameters=parameters, summary=function.summary)
    getattr(made, "return").type = function.result.wire
    return made
