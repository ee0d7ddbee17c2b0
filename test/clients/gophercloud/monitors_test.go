package clients

import (
	"net/http"
	"testing"

	"github.com/gophercloud/gophercloud/v2/openstack/loadbalancer/v2/monitors"
)

func TestAMonitorIsMadeAsItWasAskedFor(t *testing.T) {
	t.Parallel()
	id := newLoadBalancer(t)
	options := monitors.CreateOpts{
		PoolID: newPool(t, id), Type: monitors.TypeHTTP, Delay: 10, Timeout: 5, MaxRetries: 4, MaxRetriesDown: 2, URLPath: "/health",
		HTTPMethod: "HEAD", HTTPVersion: "1.1", ExpectedCodes: "200-204", TenantID: facts.Project, ProjectID: facts.Project, Name: "full",
		AdminStateUp: ptr(true), DomainName: "www.example.com", Tags: []string{"a"},
	}
	everything(t, options)
	result := monitors.Create(t.Context(), tenant, options)
	made := must[*monitors.Monitor](t)(result.Extract())
	// gophercloud sends the version as a number.
	answered(t, options, result.Body, "healthmonitor", "pool_id", "http_version")
	equal(t, "version", made.HTTPVersion, "1.1")
	equal(t, "pools", made.Pools, []monitors.PoolID{{ID: options.PoolID}})
	settled(t, id)
	found := must[*monitors.Monitor](t)(monitors.Get(t.Context(), tenant, made.ID).Extract())
	equal(t, "domain", found.DomainName, "www.example.com")
	filters := monitors.ListOpts{
		ID: made.ID, Name: "full", ProjectID: facts.Project, PoolID: options.PoolID, Type: "HTTP", Delay: 10, Timeout: 5,
		MaxRetries: 4, MaxRetriesDown: 2, HTTPMethod: "HEAD", URLPath: "/health", ExpectedCodes: "200-204", AdminStateUp: ptr(true),
		Limit: 5, SortKey: "name", SortDir: "asc", Tags: []string{"a"},
	}
	// There is no `status`, upstream neither, and a project has one name at a time.
	everything(t, filters, "Marker", "Status", "TenantID")
	for _, filters := range []monitors.ListOpts{filters, {PoolID: options.PoolID, TenantID: facts.Project}} {
		listed := must[[]monitors.Monitor](t)(monitors.ExtractMonitors(all(t, monitors.List(tenant, filters))))
		if len(listed) != 1 || listed[0].ID != made.ID {
			t.Errorf("found %v", listed)
		}
	}
}

func TestAMonitorIsChanged(t *testing.T) {
	t.Parallel()
	id := newLoadBalancer(t)
	made := must[*monitors.Monitor](t)(monitors.Create(t.Context(), tenant, monitors.CreateOpts{
		PoolID: newPool(t, id), Type: monitors.TypeHTTP, Delay: 10, Timeout: 5, MaxRetries: 4,
	}).Extract())
	settled(t, id)
	options := monitors.UpdateOpts{
		Delay: 11, Timeout: 6, MaxRetries: 5, MaxRetriesDown: 3, URLPath: "/alive?of=all", HTTPMethod: "POST", HTTPVersion: ptr("1.1"),
		ExpectedCodes: "200,202", Name: ptr("other"), DomainName: ptr("example.com"), AdminStateUp: ptr(false), Tags: []string{"x"},
	}
	everything(t, options)
	result := monitors.Update(t.Context(), tenant, made.ID, options)
	changed := must[*monitors.Monitor](t)(result.Extract())
	answered(t, options, result.Body, "healthmonitor", "http_version")
	equal(t, "version", changed.HTTPVersion, "1.1")
	settled(t, id)
}

func TestAMonitorIsDeleted(t *testing.T) {
	t.Parallel()
	id := newLoadBalancer(t)
	made := must[*monitors.Monitor](t)(monitors.Create(t.Context(), tenant, monitors.CreateOpts{
		PoolID: newPool(t, id), Type: monitors.TypeTCP, Delay: 10, Timeout: 5, MaxRetries: 4,
	}).Extract())
	settled(t, id)
	done(t, monitors.Delete(t.Context(), tenant, made.ID).ExtractErr())
	settled(t, id)
	_, err := monitors.Get(t.Context(), tenant, made.ID).Extract()
	refused(t, err, http.StatusNotFound)
}
