package kubernetes

import (
	"encoding/base64"
	"os"
	"testing"

	"github.com/gophercloud/gophercloud/v2"
	gopher "github.com/gophercloud/gophercloud/v2/openstack"
	"github.com/gophercloud/gophercloud/v2/openstack/keymanager/v1/secrets"
)

// newCertificate keeps a certificate with the key manager, and answers its reference.
func newCertificate(t *testing.T, c *cluster) string {
	t.Helper()
	service, err := gopher.NewKeyManagerV1(c.api.ProviderClient, gophercloud.EndpointOpts{})
	must(t, err)
	content, err := os.ReadFile(facts.Certificate)
	must(t, err)
	made, err := secrets.Create(t.Context(), service, secrets.CreateOpts{
		Payload:                base64.StdEncoding.EncodeToString(content),
		PayloadContentType:     "application/octet-stream",
		PayloadContentEncoding: "base64",
		SecretType:             secrets.OpaqueSecret,
	}).Extract()
	must(t, err)
	return made.SecretRef
}
