#!/bin/sh
# Makes the certificate of the search server and the authority that signs it: once, then only when they end within 30 days.
#   certificates.sh FOLDER-OF-THE-SERVER FOLDER-OF-THE-CLIENTS NAME…
# The server's folder gets ca.pem, server.pem and server.key (readable by its group); the clients' folder, ca.pem alone.
set -eu

server=$1
clients=$2
shift 2
names="DNS:localhost,IP:127.0.0.1"
for name in "$@"; do names="$names,DNS:$name"; done

month=2592000 # seconds
if openssl x509 -checkend $month -noout -in "$server/server.pem" >/dev/null 2>&1; then
  echo "Le certificat du moteur de recherche est encore valable."
else
  umask 027
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  openssl req -x509 -newkey rsa:3072 -nodes -sha256 -days 3650 -subj "/CN=hub, autorité de la recherche" -utf8 \
    -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign,cRLSign" \
    -keyout "$work/ca.key" -out "$work/ca.pem" 2>/dev/null
  openssl req -newkey rsa:3072 -nodes -sha256 -subj "/CN=$1" -keyout "$work/server.key" -out "$work/server.csr" 2>/dev/null
  printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n' "$names" >"$work/extensions"
  openssl x509 -req -sha256 -days 825 -in "$work/server.csr" -CA "$work/ca.pem" -CAkey "$work/ca.key" -CAcreateserial \
    -extfile "$work/extensions" -out "$work/server.pem" 2>/dev/null
  # The authority's key is not kept: renewing makes another authority, and the clients read it when they restart.
  cp "$work/ca.pem" "$work/server.pem" "$work/server.key" "$server/"
  chmod 0640 "$server/ca.pem" "$server/server.pem" "$server/server.key"
  echo "Certificat du moteur de recherche créé pour : $names"
fi
cp "$server/ca.pem" "$clients/ca.pem"
chmod 0644 "$clients/ca.pem"
chmod 0755 "$clients"
