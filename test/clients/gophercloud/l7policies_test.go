package clients

import (
	"net/http"
	"testing"

	"github.com/gophercloud/gophercloud/v2/openstack/loadbalancer/v2/l7policies"
)

func newPolicy(t *testing.T, loadBalancer string) string {
	t.Helper()
	made := must[*l7policies.L7Policy](t)(l7policies.Create(t.Context(), tenant, l7policies.CreateOpts{
		ListenerID: newListener(t, loadBalancer, 80), Action: l7policies.ActionReject,
	}).Extract())
	settled(t, loadBalancer)
	return made.ID
}

func TestAnL7PolicyIsMadeAsItWasAskedFor(t *testing.T) {
	t.Parallel()
	id := newLoadBalancer(t)
	listener := newListener(t, id, 80)
	rules := []l7policies.CreateRuleOpts{{RuleType: l7policies.TypePath, CompareType: l7policies.CompareTypeEqual, Value: "/x"}}
	options := l7policies.CreateOpts{
		Name: "full", ListenerID: listener, Action: l7policies.ActionRedirectPrefix, Position: 1, Description: "all that can be said",
		ProjectID: facts.Project, RedirectPrefix: "https://www.example.com", RedirectHttpCode: 308, AdminStateUp: ptr(true), Rules: rules,
		Tags: []string{"a"},
	}
	everything(t, options, "RedirectPoolID", "RedirectURL")
	result := l7policies.Create(t.Context(), tenant, options)
	made := must[*l7policies.L7Policy](t)(result.Extract())
	answered(t, options, result.Body, "l7policy", "rules")
	settled(t, id)
	found := must[*l7policies.L7Policy](t)(l7policies.Get(t.Context(), tenant, made.ID).Extract())
	equal(t, "rules", len(found.Rules), 1)
	filters := l7policies.ListOpts{
		Name: "full", Description: options.Description, ListenerID: listener, Action: "REDIRECT_PREFIX", ProjectID: facts.Project, Position: 1,
		AdminStateUp: true, ID: made.ID, Limit: 5, SortKey: "name", SortDir: "asc",
	}
	everything(t, filters, "Marker", "RedirectPoolID", "RedirectURL")
	listed := must[[]l7policies.L7Policy](t)(l7policies.ExtractL7Policies(all(t, l7policies.List(tenant, filters))))
	if len(listed) != 1 || listed[0].ID != made.ID {
		t.Errorf("found %v", listed)
	}
}

func TestAnL7PolicyIsMadeForAPoolAndForAURL(t *testing.T) {
	t.Parallel()
	id := newLoadBalancer(t)
	listener, pool := newListener(t, id, 80), newPool(t, id)
	for _, options := range []l7policies.CreateOpts{
		{ListenerID: listener, Action: l7policies.ActionRedirectToPool, RedirectPoolID: pool},
		{ListenerID: listener, Action: l7policies.ActionRedirectToURL, RedirectURL: "https://www.example.com/"},
	} {
		result := l7policies.Create(t.Context(), tenant, options)
		made := must[*l7policies.L7Policy](t)(result.Extract())
		answered(t, options, result.Body, "l7policy")
		settled(t, id)
		filters := l7policies.ListOpts{ListenerID: listener, RedirectPoolID: options.RedirectPoolID, RedirectURL: options.RedirectURL}
		listed := must[[]l7policies.L7Policy](t)(l7policies.ExtractL7Policies(all(t, l7policies.List(tenant, filters))))
		if len(listed) != 1 || listed[0].ID != made.ID {
			t.Errorf("found %v", listed)
		}
	}
}

func TestAnL7PolicyIsChanged(t *testing.T) {
	t.Parallel()
	id := newLoadBalancer(t)
	policy, pool := newPolicy(t, id), newPool(t, id)
	for _, options := range []l7policies.UpdateOpts{
		{Action: l7policies.ActionRedirectToPool, RedirectPoolID: ptr(pool)},
		{Action: l7policies.ActionRedirectToURL, RedirectURL: ptr("https://www.example.com/")},
		{
			Name: ptr("other"), Action: l7policies.ActionRedirectPrefix, Position: 1, Description: ptr("other"), RedirectPrefix: ptr("https://example.com"),
			RedirectHttpCode: 301, AdminStateUp: ptr(false), Tags: &[]string{"x"},
		},
	} {
		result := l7policies.Update(t.Context(), tenant, policy, options)
		done(t, result.Err)
		answered(t, options, result.Body, "l7policy")
		settled(t, id)
	}
}

func TestAnL7PolicyIsDeleted(t *testing.T) {
	t.Parallel()
	id := newLoadBalancer(t)
	policy := newPolicy(t, id)
	done(t, l7policies.Delete(t.Context(), tenant, policy).ExtractErr())
	settled(t, id)
	_, err := l7policies.Get(t.Context(), tenant, policy).Extract()
	refused(t, err, http.StatusNotFound)
}

func TestAnL7RuleIsMadeChangedAndDeleted(t *testing.T) {
	t.Parallel()
	id := newLoadBalancer(t)
	policy := newPolicy(t, id)
	options := l7policies.CreateRuleOpts{
		RuleType: l7policies.TypeHeader, CompareType: l7policies.CompareTypeContains, Value: "one", ProjectID: facts.Project, Key: "X-Kind",
		Invert: true, AdminStateUp: ptr(true), Tags: []string{"a"},
	}
	everything(t, options)
	result := l7policies.CreateRule(t.Context(), tenant, policy, options)
	made := must[*l7policies.Rule](t)(result.Extract())
	answered(t, options, result.Body, "rule")
	settled(t, id)
	filters := l7policies.ListRulesOpts{
		RuleType: l7policies.TypeHeader, ProjectID: facts.Project, CompareType: l7policies.CompareTypeContains, Value: "one", Key: "X-Kind", Invert: true,
		AdminStateUp: true, ID: made.ID, Limit: 5, SortKey: "type", SortDir: "asc",
	}
	everything(t, filters, "Marker")
	listed := must[[]l7policies.Rule](t)(l7policies.ExtractRules(all(t, l7policies.ListRules(tenant, policy, filters))))
	if len(listed) != 1 || listed[0].ID != made.ID {
		t.Errorf("found %v", listed)
	}

	update := l7policies.UpdateRuleOpts{
		RuleType: l7policies.TypeCookie, CompareType: l7policies.CompareTypeRegex, Value: "t[wh].*", Key: ptr("kind"), Invert: ptr(false),
		AdminStateUp: ptr(false), Tags: &[]string{"x"},
	}
	everything(t, update)
	updated := l7policies.UpdateRule(t.Context(), tenant, policy, made.ID, update)
	done(t, updated.Err)
	answered(t, update, updated.Body, "rule")
	settled(t, id)
	found := must[*l7policies.Rule](t)(l7policies.GetRule(t.Context(), tenant, policy, made.ID).Extract())
	equal(t, "type", found.RuleType, "COOKIE")

	done(t, l7policies.DeleteRule(t.Context(), tenant, policy, made.ID).ExtractErr())
	settled(t, id)
	_, err := l7policies.GetRule(t.Context(), tenant, policy, made.ID).Extract()
	refused(t, err, http.StatusNotFound)
}
