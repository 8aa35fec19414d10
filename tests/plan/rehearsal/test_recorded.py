"""Recorded resources have what others refer to: the elements of computed blocks, and values of the cloud's shapes."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable

import pytest

REFERRED = {
    "aws_eks_cluster.c.identity[0].oidc[0].issuer": r"^https://oidc\.eks\.us-east-1\.amazonaws\.com/id/\w+$",
    "aws_eks_cluster.c.vpc_config[0].cluster_security_group_id": "^sg-",
    "base64decode(aws_eks_cluster.c.certificate_authority[0].data)": "BEGIN CERTIFICATE",
    "aws_db_instance.d.endpoint": r"^d\.\w+\.us-east-1\.rds\.amazonaws\.com:3306$",
    "aws_db_instance.d.master_user_secret[0].secret_arn": "^arn:aws:secretsmanager:",
    "length(aws_db_instance.plain.master_user_secret)": "^0$",
    "aws_elasticache_cluster.e.cache_nodes[0].address": r"^e\.\w+\.0001",
    'join(",", aws_route53_zone.z.name_servers)': r"^ns-1\.awsdns-00\.com,",
    "google_container_cluster.g.master_auth[0].cluster_ca_certificate": "^[A-Za-z0-9+/=]+$",
    "google_sql_database_instance.s.ip_address[0].ip_address": r"^[\d.]+$",
    "google_compute_instance.vm.network_interface[0].access_config[0].nat_ip": r"^[\d.]+$",
    "google_compute_instance.vm.network_interface[0].network_ip": r"^[\d.]+$",
    "google_cloud_run_service.old.status[0].url": "^https://old-",
    "google_certificate_manager_dns_authorization.d.dns_resource_record[0].name": r"^_acme-challenge\.example\.com\.$",
    "google_cloudfunctions2_function.f.service_config[0].uri": "^https://f-",
}
MADE = """
resource "aws_eks_cluster" "c" {
  name     = "c"
  role_arn = "arn:aws:iam::000000000000:role/r"
  vpc_config {
    subnet_ids = ["subnet-1", "subnet-2"]
  }
}
resource "aws_db_instance" "d" {
  identifier                  = "d"
  engine                      = "mysql"
  instance_class              = "db.t3.micro"
  username                    = "u"
  manage_master_user_password = true
}
resource "aws_db_instance" "plain" {
  identifier     = "plain"
  engine         = "postgres"
  instance_class = "db.t3.micro"
}
resource "aws_elasticache_cluster" "e" {
  cluster_id      = "e"
  engine          = "redis"
  node_type       = "cache.t3.micro"
  num_cache_nodes = 1
}
resource "aws_route53_zone" "z" {
  name = "example.com"
}
resource "google_container_cluster" "g" {
  name               = "g"
  location           = "us-central1"
  initial_node_count = 1
}
resource "google_sql_database_instance" "s" {
  name             = "s"
  database_version = "POSTGRES_16"
  settings {
    tier = "db-f1-micro"
  }
}
resource "google_compute_instance" "vm" {
  name         = "vm"
  machine_type = "e2-micro"
  zone         = "us-central1-a"
  boot_disk {
    initialize_params {
      image = "debian-cloud/debian-12"
    }
  }
  network_interface {
    network = "default"
    access_config {}
  }
}
resource "google_cloud_run_service" "old" {
  name     = "old"
  location = "us-central1"
  template {
    spec {
      containers {
        image = "gcr.io/x/y"
      }
    }
  }
}
resource "google_certificate_manager_dns_authorization" "d" {
  name   = "d"
  domain = "example.com"
}
resource "google_cloudfunctions2_function" "f" {
  name     = "f"
  location = "us-central1"
  build_config {
    runtime     = "python312"
    entry_point = "x"
  }
  service_config {
    available_memory = "256M"
  }
}
"""


def _outputs() -> str:
    return "".join(f'output "o{place}" {{\n  value = {text}\n}}\n' for place, text in enumerate(REFERRED))


def test_what_others_refer_to_is_there_and_stays_the_same(module: Callable) -> None:
    made = module(MADE + _outputs())
    assert made.do("apply", "-auto-approve").code == 0
    missed = {
        text: value
        for (text, pattern), value in zip(REFERRED.items(), _in_order(made.outputs), strict=True)
        if not re.search(pattern, str(value))
    }
    assert missed == {}
    assert made.do("plan").no_changes


def _in_order(outputs: dict[str, object]) -> list[object]:
    return [outputs[f"o{place}"] for place in range(len(outputs))]


def test_the_key_of_a_service_account_is_json_that_opens_nothing(module: Callable) -> None:
    made = module(
        'resource "google_service_account_key" "k" {\n  service_account_id = "projects/p/serviceAccounts/a@b"\n}\n'
        'output "key" {\n  value = google_service_account_key.k.private_key\n  sensitive = true\n}\n'
    )
    assert made.do("apply", "-auto-approve").code == 0
    key = json.loads(base64.b64decode(made.outputs["key"]))
    assert (key["type"], key["client_email"]) == ("service_account", "rehearsal@rehearsal.invalid")


CERTIFICATE = """
resource "aws_acm_certificate" "c" {
  domain_name               = "example.com"
  subject_alternative_names = %s
  validation_method         = "DNS"
}
resource "aws_route53_record" "v" {
  for_each = { for option in aws_acm_certificate.c.domain_validation_options : option.domain_name => option }
  zone_id  = "Z1"
  name     = each.value.resource_record_name
  type     = each.value.resource_record_type
  records  = [each.value.resource_record_value]
  ttl      = 60
}
output "names" {
  value = aws_acm_certificate.c.subject_alternative_names
}
output "records" {
  value = { for name, record in aws_route53_record.v : name => record.name }
}
"""


@pytest.mark.parametrize(
    ("others", "names"),
    [
        ("null", ["example.com"]),
        ('["*.example.com", "www.example.com"]', ["*.example.com", "example.com", "www.example.com"]),
    ],
)
def test_a_certificates_validation_records_are_known_by_name_at_plan(
    module: Callable, others: str, names: list[str]
) -> None:
    made = module(CERTIFICATE % others)
    outcome = made.do("apply", "-auto-approve")
    assert (outcome.code, outcome.add) == (0, 1 + len(names))
    assert sorted(made.outputs["names"]) == names
    assert sorted(made.outputs["records"]) == names
    assert made.outputs["records"]["example.com"].endswith(".example.com.")
    assert "*" not in "".join(made.outputs["records"].values())
    assert made.do("plan").no_changes


def test_another_name_replaces_a_certificate(module: Callable) -> None:
    made = module(CERTIFICATE % "null")
    made.do("apply", "-auto-approve")
    made.write(CERTIFICATE % '["www.example.com"]')
    assert made.planned()["aws_acm_certificate.c"]["actions"] == ["delete", "create"]
