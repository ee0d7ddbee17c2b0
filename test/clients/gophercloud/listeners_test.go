package clients

import (
	"encoding/base64"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack"
	"github.com/gophercloud/gophercloud/v2/openstack/keymanager/v1/secrets"
	"github.com/gophercloud/gophercloud/v2/openstack/loadbalancer/v2/listeners"
	"github.com/gophercloud/gophercloud/v2/openstack/loadbalancer/v2/loadbalancers"
)

// secret keeps a file with the key manager, and answers its reference.
func secret(t *testing.T, file string) string {
	t.Helper()
	service := must[*gophercloud.ServiceClient](t)(openstack.NewKeyManagerV1(tenantCloud, endpoints))
	content := must[[]byte](t)(os.ReadFile(filepath.Join(facts.Certificates, file)))
	made := must[*secrets.Secret](t)(secrets.Create(t.Context(), service, secrets.CreateOpts{
		Name:                   file,
		Payload:                base64.StdEncoding.EncodeToString(content),
		PayloadContentType:     "application/octet-stream",
		PayloadContentEncoding: "base64",
		SecretType:             secrets.OpaqueSecret,
	}).Extract())
	return made.SecretRef
}

func TestAListenerIsMadeAsItWasAskedFor(t *testing.T) {
	t.Parallel()
	id := newLoadBalancer(t)
	options := listeners.CreateOpts{
		LoadbalancerID:          id,
		Protocol:                listeners.ProtocolTerminatedHTTPS,
		ProtocolPort:            443,
		ProjectID:               facts.Project,
		Name:                    "full",
		Description:             "all that can be said",
		DefaultPoolID:           newPool(t, id),
		ConnLimit:               ptr(100),
		DefaultTlsContainerRef:  secret(t, "modern.p12"),
		SniContainerRefs:        []string{secret(t, "legacy.p12")},
		AdminStateUp:            ptr(true),
		TimeoutClientData:       ptr(10_000),
		TimeoutMemberData:       ptr(20_000),
		TimeoutMemberConnect:    ptr(3_000),
		TimeoutTCPInspect:       ptr(500),
		InsertHeaders:           map[string]string{"X-Forwarded-For": "true", "X-SSL-Client-Verify": "true"},
		AllowedCIDRs:            []string{"10.0.0.0/8", "192.168.0.0/16"},
		ALPNProtocols:           []string{"http/1.1", "h2"},
		ClientAuthentication:    listeners.ClientAuthenticationOptional,
		ClientCATLSContainerRef: secret(t, "root.pem"),
		ClientCRLContainerRef:   secret(t, "root-crl.pem"),
		HSTSIncludeSubdomains:   true,
		HSTSMaxAge:              3600,
		HSTSPreload:             true,
		TLSCiphers:              "ECDHE-RSA-AES256-GCM-SHA384",
		TLSVersions:             []listeners.TLSVersion{listeners.TLSVersionTLSv1_2, listeners.TLSVersionTLSv1_3},
		Tags:                    []string{"a"},
	}
	everything(t, options, "DefaultPool", "L7Policies")
	result := listeners.Create(t.Context(), tenant, options)
	made := must[*listeners.Listener](t)(result.Extract())
	answered(t, options, result.Body, "listener", "loadbalancer_id")
	equal(t, "load balancers", made.Loadbalancers, []listeners.LoadBalancerID{{ID: id}})
	settled(t, id)
	found := listeners.Get(t.Context(), tenant, made.ID)
	must[*listeners.Listener](t)(found.Extract())
	answered(t, options, found.Body, "listener", "loadbalancer_id")
	filters := listeners.ListOpts{
		ID: made.ID, Name: "full", AdminStateUp: ptr(true), ProjectID: facts.Project, LoadbalancerID: id, DefaultPoolID: options.DefaultPoolID,
		Protocol: "TERMINATED_HTTPS", ProtocolPort: 443, ConnectionLimit: 100, Limit: 5, SortKey: "name", SortDir: "asc",
		TimeoutClientData: ptr(10_000), TimeoutMemberData: ptr(20_000), TimeoutMemberConnect: ptr(3_000), TimeoutTCPInspect: ptr(500), Tags: []string{"a"},
	}
	everything(t, filters, "Marker")
	listed := must[[]listeners.Listener](t)(listeners.ExtractListeners(all(t, listeners.List(tenant, filters))))
	if len(listed) != 1 || listed[0].ID != made.ID {
		t.Errorf("found %v", listed)
	}
}

func TestAListenerIsChangedAndReset(t *testing.T) {
	t.Parallel()
	id := newLoadBalancer(t)
	made := must[*listeners.Listener](t)(listeners.Create(t.Context(), tenant, listeners.CreateOpts{
		LoadbalancerID: id, Protocol: listeners.ProtocolTerminatedHTTPS, ProtocolPort: 443, DefaultTlsContainerRef: secret(t, "modern.p12"),
	}).Extract())
	settled(t, id)
	options := listeners.UpdateOpts{
		Name: ptr("other"), Description: ptr("other"), DefaultPoolID: ptr(newPool(t, id)), ConnLimit: ptr(7),
		DefaultTlsContainerRef: ptr(secret(t, "unencrypted.p12")), SniContainerRefs: &[]string{secret(t, "legacy.p12")}, AdminStateUp: ptr(false),
		TimeoutClientData: ptr(1), TimeoutMemberData: ptr(2), TimeoutMemberConnect: ptr(3), TimeoutTCPInspect: ptr(4),
		InsertHeaders: &map[string]string{"X-Forwarded-Proto": "true"}, AllowedCIDRs: &[]string{"10.0.0.0/8"}, ALPNProtocols: &[]string{"http/1.1"},
		ClientAuthentication: ptr(listeners.ClientAuthenticationMandatory), ClientCATLSContainerRef: ptr(secret(t, "root.pem")),
		ClientCRLContainerRef: ptr(secret(t, "root-crl.pem")), HSTSIncludeSubdomains: ptr(true), HSTSMaxAge: ptr(60), HSTSPreload: ptr(true),
		TLSCiphers: ptr("ECDHE-RSA-AES128-GCM-SHA256"), TLSVersions: &[]listeners.TLSVersion{listeners.TLSVersionTLSv1_3}, Tags: &[]string{"x"},
	}
	everything(t, options)
	result := listeners.Update(t.Context(), tenant, made.ID, options)
	done(t, result.Err)
	answered(t, options, result.Body, "listener")
	settled(t, id)
	// The pool is let go by an empty id.
	reset := listeners.UpdateOpts{
		DefaultPoolID: ptr(""), SniContainerRefs: &[]string{}, InsertHeaders: &map[string]string{}, AllowedCIDRs: &[]string{}, Tags: &[]string{},
		ClientAuthentication: ptr(listeners.ClientAuthenticationNone), ClientCATLSContainerRef: ptr(""), ClientCRLContainerRef: ptr(""), HSTSMaxAge: ptr(0),
		HSTSIncludeSubdomains: ptr(false), HSTSPreload: ptr(false),
	}
	changed := must[*listeners.Listener](t)(listeners.Update(t.Context(), tenant, made.ID, reset).Extract())
	settled(t, id)
	equal(t, "pool", changed.DefaultPoolID, "")
	equal(t, "SNI", len(changed.SniContainerRefs), 0)
	equal(t, "headers", len(changed.InsertHeaders), 0)
	equal(t, "networks", len(changed.AllowedCIDRs), 0)
	equal(t, "authority", changed.ClientCATLSContainerRef, "")
	equal(t, "tags", len(changed.Tags), 0)
}

func TestAListenerTellsItsStatistics(t *testing.T) {
	t.Parallel()
	id := newLoadBalancer(t)
	stats := must[*listeners.Stats](t)(listeners.GetStats(t.Context(), tenant, newListener(t, id, 80)).Extract())
	equal(t, "statistics", *stats, listeners.Stats{})
}

func TestAListenerOfAPortThatIsTakenIsRefused(t *testing.T) {
	t.Parallel()
	id := newLoadBalancer(t)
	newListener(t, id, 80)
	_, err := listeners.Create(t.Context(), tenant, listeners.CreateOpts{LoadbalancerID: id, Protocol: listeners.ProtocolTCP, ProtocolPort: 80}).Extract()
	refused(t, err, http.StatusConflict)
}

func TestAListenerIsDeleted(t *testing.T) {
	t.Parallel()
	id := newLoadBalancer(t)
	listener := newListener(t, id, 80)
	done(t, listeners.Delete(t.Context(), tenant, listener).ExtractErr())
	settled(t, id)
	_, err := listeners.Get(t.Context(), tenant, listener).Extract()
	refused(t, err, http.StatusNotFound)
	found := must[*loadbalancers.LoadBalancer](t)(loadbalancers.Get(t.Context(), tenant, id).Extract())
	equal(t, "listeners", len(found.Listeners), 0)
}
