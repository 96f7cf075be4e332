"""The page's certificate: what it says, who may read its key, and that it stays the same."""

from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from hub.certificate import fingerprint, make


def load(folder: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / "page.crt").read_bytes())


def test_it_names_nobody_and_nothing(tmp_path):
    make(tmp_path)
    certificate = load(tmp_path)
    assert certificate.subject.rfc4514_string() == certificate.issuer.rfc4514_string() == "CN=hub"
    assert isinstance(certificate.public_key(), ec.EllipticCurvePublicKey)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["hub"]
    lasts = certificate.not_valid_after_utc - certificate.not_valid_before_utc
    assert 3650 <= lasts.days <= 3653


def test_its_key_is_its_owners_only_and_nothing_else_is_left(tmp_path):
    make(tmp_path)
    assert {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {
        "page.key": 0o600,
        "page.crt": 0o644,
    }


def test_made_again_it_stays_the_same(tmp_path):
    first = make(tmp_path)
    assert make(tmp_path) == first == fingerprint(load(tmp_path))
    assert len(first) == 32 * 3 - 1


def test_two_hubs_have_two(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert make(tmp_path / "a") != make(tmp_path / "b")
