"""The unit that ends an upgrade which lost its power: when it runs, and with which rights."""

from tests.test_unit_file import SETTLE, WALLS, sections

LIFE = {
    "Type": ["oneshot"],
    "ExecStart": ["/bin/bash /opt/hub/setup/settler/install.sh settle"],
    "ExecStopPost": ["-/bin/systemctl start --no-block hub.service"],
    "TimeoutStartSec": ["infinity"],
    "LimitCORE": ["0"],
}

RIGHTS = {
    "CapabilityBoundingSet": ["CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER CAP_FSETID"],
    "RestrictAddressFamilies": ["AF_UNIX AF_NETLINK"],
    "PrivateNetwork": ["yes"],
    "DevicePolicy": ["closed"],
    "SystemCallFilter": ["@system-service"],
}
# It places files everywhere, asks udev to look again at /sys, and gives files to a group.
NOT_FOR_SETTLING = {"ProtectSystem", "InaccessiblePaths", "ProtectKernelTunables", "RestrictSUIDSGID", "RemoveIPC"}


def test_what_settles_an_upgrade_starts_with_the_machine_and_only_when_there_is_one_and_has_exactly_these_rights():
    assert sections(SETTLE) == {
        "Unit": {
            "Description": ["Hub, settled"],
            "ConditionPathExists": ["/opt/hub/setup/upgrading"],
            "After": ["hub.service"],
        },
        "Service": {name: value for name, value in WALLS.items() if name not in NOT_FOR_SETTLING} | LIFE | RIGHTS,
        "Install": {"WantedBy": ["multi-user.target"]},
    }


def test_the_hub_never_waits_for_what_settles():
    assert not [value for values in sections()["Unit"].values() for value in values if "settle" in value]
    assert not {"Before", "Conflicts"} & sections(SETTLE)["Unit"].keys()
