"""The variables that a Lambda container is given."""

from ipaddress import IPv4Address, IPv4Network
from typing import Any

import pytest

from local_cloud.container_engine import Bridge, read_bridge
from local_cloud.env_file import ports_of, seen_from_containers
from local_cloud.errors import LocalCloudError

VARIABLES = {
    "TokenRefreshFunction": {"AWS_ENDPOINT_URL": "http://127.0.0.1:14566", "TASKS_TABLE": "tasks"},
    "TrendIngestionFunction": {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:14566",
        "CREATIVE_CENTER_URL": "http://127.0.0.1:18480",
        "BUSINESS_API_URL": "https://business-api.tiktok.com",
        "TREND_THREADS": "2",
    },
}


def test_what_is_on_this_machine_is_asked_at_the_address_that_containers_know() -> None:
    assert seen_from_containers(VARIABLES, "172.17.0.1") == {
        "TokenRefreshFunction": {"AWS_ENDPOINT_URL": "http://172.17.0.1:14566", "TASKS_TABLE": "tasks"},
        "TrendIngestionFunction": {
            "AWS_ENDPOINT_URL": "http://172.17.0.1:14566",
            "CREATIVE_CENTER_URL": "http://172.17.0.1:18480",
            "BUSINESS_API_URL": "https://business-api.tiktok.com",
            "TREND_THREADS": "2",
        },
    }


def test_a_way_is_needed_for_each_port_of_this_machine_and_no_other() -> None:
    assert ports_of(VARIABLES) == {14566, 18480}


@pytest.mark.parametrize("config", [{"Subnet": "172.18.0.0/16", "Gateway": "172.18.0.1"}, {"Subnet": "172.18.0.0/16"}])
def test_the_gateway_is_the_one_that_is_named_or_else_the_first_address(config: dict[str, str]) -> None:
    described = {"IPAM": {"Config": [{"Subnet": "fd00::/64"}, config]}}
    assert read_bridge(described) == Bridge(IPv4Address("172.18.0.1"), IPv4Network("172.18.0.0/16"))


@pytest.mark.parametrize("described", [{}, {"IPAM": None}, {"IPAM": {"Config": [{"Subnet": "fd00::/64"}]}}])
def test_a_bridge_without_an_address_of_the_fourth_version_is_one_sentence(described: dict[str, Any]) -> None:
    with pytest.raises(LocalCloudError, match="no IPv4 addresses"):
        read_bridge(described)
