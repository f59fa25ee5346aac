"""A private authority and certificates of it, made anew for each run of the tests."""

import ipaddress
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class ServerTls:
    """The TLS of a server."""

    context: ssl.SSLContext

    def wrap_socket_of_server(self, socket: Any) -> Any:
        """The listening socket; the handshake is the connection's."""
        return self.context.wrap_socket(socket, server_side=True, do_handshake_on_connect=False)


class Authority:
    """`file`: its certificate, PEM."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._key = folder, ec.generate_private_key(ec.SECP256R1())
        self._count = 0
        self._certificate = self._signed("authority", self._key, datetime.now(UTC) + timedelta(days=2), authority=True)
        self.file = folder / "authority.pem"
        self.file.write_bytes(self._certificate.public_bytes(serialization.Encoding.PEM))

    def server(self, host: str = "127.0.0.1", *, until: datetime | None = None, mutual: bool = False) -> ServerTls:
        """The TLS of a server of that name; with `mutual` it asks for a certificate of this authority."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.issued(host, until=until))
        if mutual:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.file)
        return ServerTls(context)

    def issued(self, name: str, *, until: datetime | None = None) -> tuple[Path, Path]:
        """Files of a certificate for this name or address and of its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._signed(name, key, until or datetime.now(UTC) + timedelta(days=1))
        self._count += 1
        paths = self._folder / f"{self._count}.pem", self._folder / f"{self._count}.key"
        paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        plain = serialization.NoEncryption()
        form = serialization.PrivateFormat.PKCS8
        paths[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
        return paths

    def _signed(
        self, name: str, key: ec.EllipticCurvePrivateKey, until: datetime, *, authority: bool = False
    ) -> x509.Certificate:
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        issuer = subject if authority else self._certificate.subject
        builder = x509.CertificateBuilder(
            issuer, subject, key.public_key(), x509.random_serial_number(), until - timedelta(days=9), until
        ).add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        if name.replace(".", "").isdigit():
            address = x509.IPAddress(ipaddress.ip_address(name))
            builder = builder.add_extension(x509.SubjectAlternativeName([address]), critical=False)
        return builder.sign(self._key, hashes.SHA256())
