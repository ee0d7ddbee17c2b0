package clients

import (
	"net/http"
	"testing"

	"github.com/gophercloud/gophercloud/v2/openstack/loadbalancer/v2/monitors"
	"github.com/gophercloud/gophercloud/v2/openstack/loadbalancer/v2/pools"
)

func TestAPoolIsMadeAsItWasAskedFor(t *testing.T) {
	t.Parallel()
	id := newLoadBalancer(t)
	options := pools.CreateOpts{
		LoadbalancerID:    id,
		LBMethod:          pools.LBMethodLeastConnections,
		Protocol:          pools.ProtocolHTTP,
		ProjectID:         facts.Project,
		Name:              "full",
		Description:       "all that can be said",
		Persistence:       &pools.SessionPersistence{Type: "APP_COOKIE", CookieName: "session"},
		ALPNProtocols:     []string{"http/1.1"},
		CATLSContainerRef: secret(t, "root.pem"),
		CRLContainerRef:   secret(t, "root-crl.pem"),
		TLSEnabled:        true,
		TLSCiphers:        "ECDHE-RSA-AES256-GCM-SHA384",
		TLSContainerRef:   secret(t, "modern.p12"),
		TLSVersions:       []pools.TLSVersion{pools.TLSVersionTLSv1_3},
		AdminStateUp:      ptr(true),
		Members:           []pools.CreateMemberOpts{{Address: "10.9.0.1", ProtocolPort: 80}},
		Monitor:           monitors.CreateOpts{Type: monitors.TypePING, Delay: 5, Timeout: 3, MaxRetries: 2},
		Tags:              []string{"a"},
	}
	everything(t, options, "ListenerID")
	request, err := options.ToPoolCreateMap()
	done(t, err)
	result := pools.Create(t.Context(), tenant, options)
	made := must[*pools.Pool](t)(result.Extract())
	sent, _ := request["pool"].(map[string]any)
	answer, _ := result.Body.(map[string]any)["pool"].(map[string]any)
	for name, want := range sent {
		switch name {
		case "loadbalancer_id", "members", "healthmonitor":
		case "session_persistence":
			equal(t, "persistence", made.Persistence, *options.Persistence)
		default:
			equal(t, name, text(answer[name]), text(want))
		}
	}
	equal(t, "load balancers", made.Loadbalancers, []pools.LoadBalancerID{{ID: id}})
	settled(t, id)
	found := must[*pools.Pool](t)(pools.Get(t.Context(), tenant, made.ID).Extract())
	equal(t, "members", len(found.Members), 1)
	if found.MonitorID == "" {
		t.Error("the pool has no monitor")
	}
	filters := pools.ListOpts{
		LBMethod: "LEAST_CONNECTIONS", Protocol: "HTTP", ProjectID: facts.Project, AdminStateUp: ptr(true), Name: "full", ID: made.ID,
		LoadbalancerID: id, Limit: 5, SortKey: "name", SortDir: "asc", Tags: []string{"a"},
	}
	everything(t, filters, "Marker")
	listed := must[[]pools.Pool](t)(pools.ExtractPools(all(t, pools.List(tenant, filters))))
	if len(listed) != 1 || listed[0].ID != made.ID {
		t.Errorf("found %v", listed)
	}
}

func TestAPoolOfAListenerIsItsDefaultPool(t *testing.T) {
	t.Parallel()
	id := newLoadBalancer(t)
	listener := newListener(t, id, 80)
	made := must[*pools.Pool](t)(pools.Create(t.Context(), tenant, pools.CreateOpts{
		ListenerID: listener, LBMethod: pools.LBMethodRoundRobin, Protocol: pools.ProtocolHTTP,
	}).Extract())
	settled(t, id)
	found := must[*pools.Pool](t)(pools.Get(t.Context(), tenant, made.ID).Extract())
	equal(t, "listeners", found.Listeners, []pools.ListenerID{{ID: listener}})
}

func TestAPoolIsChangedAndReset(t *testing.T) {
	t.Parallel()
	id := newLoadBalancer(t)
	pool := newPool(t, id)
	options := pools.UpdateOpts{
		Name: ptr("other"), Description: ptr("other"), LBMethod: pools.LBMethodSourceIp, AdminStateUp: ptr(false),
		Persistence: &pools.SessionPersistence{Type: "HTTP_COOKIE"}, ALPNProtocols: &[]string{"http/1.1"}, CATLSContainerRef: ptr(secret(t, "root.pem")),
		CRLContainerRef: ptr(secret(t, "root-crl.pem")), TLSEnabled: ptr(true), TLSCiphers: ptr("ECDHE-RSA-AES256-GCM-SHA384"),
		TLSContainerRef: ptr(secret(t, "modern.p12")), TLSVersions: &[]pools.TLSVersion{pools.TLSVersionTLSv1_3}, Tags: &[]string{"x"},
	}
	everything(t, options)
	result := pools.Update(t.Context(), tenant, pool, options)
	changed := must[*pools.Pool](t)(result.Extract())
	answered(t, options, result.Body, "pool", "session_persistence")
	equal(t, "persistence", changed.Persistence, *options.Persistence)
	settled(t, id)
	// An empty persistence is how gophercloud says that there shall be none.
	reset := pools.UpdateOpts{
		Persistence: &pools.SessionPersistence{}, CATLSContainerRef: ptr(""), CRLContainerRef: ptr(""), TLSContainerRef: ptr(""), TLSEnabled: ptr(false),
		Tags: &[]string{},
	}
	changed = must[*pools.Pool](t)(pools.Update(t.Context(), tenant, pool, reset).Extract())
	settled(t, id)
	equal(t, "persistence", changed.Persistence, pools.SessionPersistence{})
	equal(t, "authority", changed.CATLSContainerRef, "")
	equal(t, "certificate", changed.TLSContainerRef, "")
	equal(t, "tags", len(changed.Tags), 0)
}

func TestAPoolIsDeleted(t *testing.T) {
	t.Parallel()
	id := newLoadBalancer(t)
	pool := newPool(t, id)
	done(t, pools.Delete(t.Context(), tenant, pool).ExtractErr())
	settled(t, id)
	_, err := pools.Get(t.Context(), tenant, pool).Extract()
	refused(t, err, http.StatusNotFound)
}
