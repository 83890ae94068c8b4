"""The variables that a Lambda container is given."""

from local_cloud.env_file import ports_of, seen_from_containers

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
