"""HTTP APIs: the API, its integrations, routes and stages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from isthmus.rehearsal.realize.aws.resource import AwsResource, change_tags, tags_of, whole
from isthmus.rehearsal.realize.base import Context, RealizeError, State
from isthmus.rehearsal.realize.resource import Found
from isthmus.rehearsal.realize.states import block, blocks, changed, is_set, text

_API = {
    "api_key_selection_expression": "ApiKeySelectionExpression",
    "description": "Description",
    "disable_execute_api_endpoint": "DisableExecuteApiEndpoint",
    "ip_address_type": "IpAddressType",
    "name": "Name",
    "route_selection_expression": "RouteSelectionExpression",
    "version": "Version",
}
_CORS = {
    "allow_credentials": "AllowCredentials",
    "allow_headers": "AllowHeaders",
    "allow_methods": "AllowMethods",
    "allow_origins": "AllowOrigins",
    "expose_headers": "ExposeHeaders",
    "max_age": "MaxAge",
}
_INTEGRATION = {
    "connection_id": "ConnectionId",
    "connection_type": "ConnectionType",
    "content_handling_strategy": "ContentHandlingStrategy",
    "credentials_arn": "CredentialsArn",
    "description": "Description",
    "integration_method": "IntegrationMethod",
    "integration_subtype": "IntegrationSubtype",
    "integration_type": "IntegrationType",
    "integration_uri": "IntegrationUri",
    "passthrough_behavior": "PassthroughBehavior",
    "payload_format_version": "PayloadFormatVersion",
    "request_parameters": "RequestParameters",
    "request_templates": "RequestTemplates",
    "template_selection_expression": "TemplateSelectionExpression",
    "timeout_milliseconds": "TimeoutInMillis",
}
_ROUTE = {
    "api_key_required": "ApiKeyRequired",
    "authorization_scopes": "AuthorizationScopes",
    "authorization_type": "AuthorizationType",
    "authorizer_id": "AuthorizerId",
    "model_selection_expression": "ModelSelectionExpression",
    "operation_name": "OperationName",
    "request_models": "RequestModels",
    "route_key": "RouteKey",
    "route_response_selection_expression": "RouteResponseSelectionExpression",
    "target": "Target",
}
_STAGE = {
    "auto_deploy": "AutoDeploy",
    "client_certificate_id": "ClientCertificateId",
    "deployment_id": "DeploymentId",
    "description": "Description",
    "stage_variables": "StageVariables",
}
_ACCESS_LOG = {"destination_arn": "DestinationArn", "format": "Format"}
_ROUTE_SETTINGS = {
    "data_trace_enabled": "DataTraceEnabled",
    "detailed_metrics_enabled": "DetailedMetricsEnabled",
    "logging_level": "LoggingLevel",
    "throttling_burst_limit": "ThrottlingBurstLimit",
    "throttling_rate_limit": "ThrottlingRateLimit",
}
_WHOLE = {"max_age", "throttling_burst_limit", "timeout_milliseconds"}


class _ApiGateway(AwsResource):
    service = "apigatewayv2"
    named_by = "api_id"


class Api(_ApiGateway):
    """aws_apigatewayv2_api, without an OpenAPI body."""

    label = "API Gateway v2 API"
    named_by = "name"

    def make(self, planned: State, ctx: Context) -> Found:
        """An API has no unique name: one that a cut-off apply left behind has no routes, and stays unused."""
        for name in ("body", "target", "route_key", "credentials_arn"):
            if is_set(planned, name):
                raise RealizeError(
                    f"the rehearsal makes routes from resources: {name} is not realized", planned["name"]
                )
        cors = _sent(_CORS, block(planned, "cors_configuration"))
        answer = self.client(planned, ctx).create_api(
            ProtocolType=planned["protocol_type"],
            Tags=tags_of(planned),
            **_sent(_API, planned),
            **({"CorsConfiguration": cors} if cors else {}),
        )
        return {"id": answer["ApiId"]}

    def find(self, state: State, ctx: Context) -> Found | None:
        """The endpoint is the real one's name; the gateway knows it by its Host header."""
        answer = self.client(state, ctx).get_api(ApiId=state["id"])
        region, api = self.region(state, ctx), answer["ApiId"]
        cors = _received(_CORS, answer.get("CorsConfiguration", {}))
        return {
            **_received(_API, answer),
            "api_endpoint": endpoint(api, region),
            "arn": _arn(api, region),
            "cors_configuration": [cors] if any(cors.values()) else [],
            "execution_arn": _execution_arn(api, region, ctx),
            "id": api,
            "ip_address_type": answer.get("IpAddressType", "ipv4"),
            "protocol_type": answer["ProtocolType"],
            "region": region,
            "tags_all": answer.get("Tags", {}),
        }

    def change(self, prior: State, planned: State, ctx: Context) -> None:
        """Attributes, CORS, tags."""
        client, api = self.client(prior, ctx), prior["id"]
        different = _different(_API, prior, planned)
        if changed(prior, planned, "cors_configuration"):
            cors = _sent(_CORS, block(planned, "cors_configuration"))
            if cors:
                different["CorsConfiguration"] = cors
            else:
                client.delete_cors_configuration(ApiId=api)
        if different:
            client.update_api(ApiId=api, **different)
        _change_tags(client, prior, planned)

    def remove(self, state: State, ctx: Context) -> None:
        """With its routes, integrations and stages."""
        self.client(state, ctx).delete_api(ApiId=state["id"])


class Integration(_ApiGateway):
    """aws_apigatewayv2_integration."""

    label = "API Gateway v2 Integration"

    def make(self, planned: State, ctx: Context) -> Found:
        """What a route calls."""
        client = self.client(planned, ctx)
        return {
            "id": client.create_integration(ApiId=planned["api_id"], **_sent(_INTEGRATION, planned))["IntegrationId"]
        }

    def find(self, state: State, ctx: Context) -> Found | None:
        """By API and id."""
        answer = self.client(state, ctx).get_integration(ApiId=state["api_id"], IntegrationId=state["id"])
        return {
            **_received(_INTEGRATION, answer),
            "id": answer["IntegrationId"],
            "integration_response_selection_expression": answer.get("IntegrationResponseSelectionExpression", ""),
            "region": self.region(state, ctx),
        }

    def change(self, prior: State, planned: State, ctx: Context) -> None:
        """What differs."""
        if different := _different(_INTEGRATION, prior, planned):
            client = self.client(prior, ctx)
            client.update_integration(ApiId=prior["api_id"], IntegrationId=prior["id"], **different)

    def remove(self, state: State, ctx: Context) -> None:
        """Routes to it lead nowhere then."""
        self.client(state, ctx).delete_integration(ApiId=state["api_id"], IntegrationId=state["id"])


class Route(_ApiGateway):
    """aws_apigatewayv2_route."""

    label = "API Gateway v2 Route"
    named_by = "route_key"

    def make(self, planned: State, ctx: Context) -> Found:
        """A route key is unique in its API; the local gateway takes it twice, so it is looked up first."""
        client = self.client(planned, ctx)
        for route in client.get_routes(ApiId=planned["api_id"])["Items"]:
            if route["RouteKey"] == planned["route_key"]:
                # Left behind by an apply that was cut off after this call.
                client.update_route(ApiId=planned["api_id"], RouteId=route["RouteId"], **_sent(_ROUTE, planned))
                return {"id": route["RouteId"]}
        return {"id": client.create_route(ApiId=planned["api_id"], **_sent(_ROUTE, planned))["RouteId"]}

    def find(self, state: State, ctx: Context) -> Found | None:
        """By API and id."""
        answer = self.client(state, ctx).get_route(ApiId=state["api_id"], RouteId=state["id"])
        return {**_received(_ROUTE, answer), "id": answer["RouteId"], "region": self.region(state, ctx)}

    def change(self, prior: State, planned: State, ctx: Context) -> None:
        """What differs."""
        if different := _different(_ROUTE, prior, planned):
            self.client(prior, ctx).update_route(ApiId=prior["api_id"], RouteId=prior["id"], **different)

    def remove(self, state: State, ctx: Context) -> None:
        """The integration stays."""
        self.client(state, ctx).delete_route(ApiId=state["api_id"], RouteId=state["id"])


class Stage(_ApiGateway):
    """aws_apigatewayv2_stage."""

    label = "API Gateway v2 Stage"
    named_by = "name"

    def make(self, planned: State, ctx: Context) -> Found:
        """With its log and its limits."""
        client = self.client(planned, ctx)
        client.create_stage(
            ApiId=planned["api_id"],
            StageName=planned["name"],
            Tags=tags_of(planned),
            **_sent(_STAGE, planned),
            **_stage_blocks(planned),
        )
        return {"id": planned["name"]}

    def find(self, state: State, ctx: Context) -> Found | None:
        """By API and name."""
        name, api, region = text(state, "id") or text(state, "name"), state["api_id"], self.region(state, ctx)
        answer = self.client(state, ctx).get_stage(ApiId=api, StageName=name)
        log = _received(_ACCESS_LOG, answer.get("AccessLogSettings", {}))
        defaults = _received(_ROUTE_SETTINGS, answer.get("DefaultRouteSettings", {}))
        return {
            **_received(_STAGE, answer),
            "access_log_settings": [log] if any(log.values()) else [],
            "api_id": api,
            "arn": f"{_arn(api, region)}/stages/{name}",
            "default_route_settings": [defaults]
            if any(defaults.values()) or state.get("default_route_settings")
            else [],
            "execution_arn": f"{_execution_arn(api, region, ctx)}/{name}",
            "id": name,
            "invoke_url": f"{endpoint(api, region)}/{'' if name == '$default' else name}",
            "name": name,
            "region": region,
            "tags_all": answer.get("Tags", {}),
        }

    def change(self, prior: State, planned: State, ctx: Context) -> None:
        """What differs; its blocks as wholes."""
        client = self.client(prior, ctx)
        different = _different(_STAGE, prior, planned)
        different.pop("DeploymentId", None)
        if any(
            changed(prior, planned, name)
            for name in ("access_log_settings", "default_route_settings", "route_settings")
        ):
            different |= {"AccessLogSettings": {}, "DefaultRouteSettings": {}, **_stage_blocks(planned)}
        if different:
            client.update_stage(ApiId=prior["api_id"], StageName=prior["id"], **different)
        _change_tags(client, prior, planned)

    def remove(self, state: State, ctx: Context) -> None:
        """The API stays, and answers nobody."""
        self.client(state, ctx).delete_stage(ApiId=state["api_id"], StageName=state["id"])


def endpoint(api: str, region: str) -> str:
    """The address that AWS gives an API."""
    return f"https://{api}.execute-api.{region}.amazonaws.com"


def _stage_blocks(planned: State) -> dict[str, Any]:
    settings = {
        item["route_key"]: _sent(_ROUTE_SETTINGS, item)
        for item in blocks(planned, "route_settings")
        if "route_key" in item
    }
    given = {
        "AccessLogSettings": _sent(_ACCESS_LOG, block(planned, "access_log_settings")),
        "DefaultRouteSettings": _sent(_ROUTE_SETTINGS, block(planned, "default_route_settings")),
        "RouteSettings": settings,
    }
    return {name: value for name, value in given.items() if value}


def _change_tags(client: Any, prior: State, planned: State) -> None:
    arn = prior["arn"]
    change_tags(
        prior,
        planned,
        lambda tags: client.tag_resource(ResourceArn=arn, Tags=tags),
        lambda names: client.untag_resource(ResourceArn=arn, TagKeys=names),
    )


def _sent(names: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, Any]:
    given = {ours: values[ours] for ours in names if is_set(values, ours) and values[ours] != ""}
    return {names[ours]: whole(value) if ours in _WHOLE else value for ours, value in given.items()}


def _different(names: Mapping[str, str], prior: State, planned: State) -> dict[str, Any]:
    values = {ours: planned.get(ours) for ours in names if changed(prior, planned, ours)}
    return {names[ours]: "" if value is None else value for ours, value in values.items()}


def _received(names: Mapping[str, str], answer: Mapping[str, Any]) -> dict[str, Any]:
    return {ours: answer.get(theirs) for ours, theirs in names.items()}


def _arn(api: str, region: str) -> str:
    return f"arn:aws:apigateway:{region}::/apis/{api}"


def _execution_arn(api: str, region: str, ctx: Context) -> str:
    return f"arn:aws:execute-api:{region}:{ctx.account_id}:{api}"


REALIZERS = {
    "aws_apigatewayv2_api": Api(),
    "aws_apigatewayv2_integration": Integration(),
    "aws_apigatewayv2_route": Route(),
    "aws_apigatewayv2_stage": Stage(),
}
