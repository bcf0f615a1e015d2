package knowledge

import (
	"bytes"
	"encoding/json"
	"html"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"trackaudit/crawler/evidence"
)

// libraries says which service each library of ../shared/web/sdk is, and what for. None is here that stores nothing.
var libraries = map[string]struct {
	services string // a consent manager's page loads Google Analytics too
	purpose  Purpose
}{
	"posthog": {"posthog", Analytics}, "mixpanel": {"mixpanel", Analytics}, "amplitude": {"amplitude", Analytics},
	"amplitudelegacy": {"amplitude", Analytics}, "keen": {"keen", Analytics}, "raygun": {"raygun", Analytics},
	"galite": {"ga-lite", Analytics}, "countly": {"countly", Analytics}, "logrocket": {"logrocket", Analytics},
	"trackjs": {"trackjs", Analytics}, "insights": {"insights-js", Analytics}, "elasticapm": {"elastic-apm", Analytics},
	"alloy":     {"adobe-experience-cloud", Analytics},
	"cmp-klaro": {"klaro google-analytics", StrictlyNecessary}, "cmp-vanilla": {"vanilla-cookieconsent google-analytics", StrictlyNecessary},
	"cmp-tarteaucitron": {"tarteaucitron google-analytics", StrictlyNecessary}, "cmp-gdprnotice": {"gdpr-cookie-notice", StrictlyNecessary},
}

// tell accepts a consent banner and then writes what the page stores into the page, where --dump-dom shows it.
// Chrome's virtual time waits for requests, not for databases: hence the requests.
const tell = `<script>
setTimeout(() => document.querySelector('.cm-btn-success, #cc-main [data-role=all], #tarteaucitronPersonalize2, .gdpr-cookie-notice-nav-item-accept')?.click(), 2500);
setTimeout(async () => {
  let names = [];
  indexedDB.databases().then(list => { names = list.map(d => d.name); });
  for (let i = 0; i < 20; i++) await fetch('/wait' + i).catch(() => {});
  const pre = document.createElement('pre');
  pre.id = 'stored';
  const entries = s => Object.keys(s).map(k => [k, s.getItem(k)]);
  pre.textContent = JSON.stringify({
    cookies: document.cookie.split('; ').filter(c => c).map(c => [c.split('=')[0], c.slice(c.indexOf('=') + 1)]),
    storage: [...entries(localStorage), ...entries(sessionStorage), ...names.map(name => [name, ''])],
  });
  document.body.append(pre);
}, 4000);
</script>`

var (
	storedRE = regexp.MustCompile(`(?s)<pre id="stored">(.*?)</pre>`)
	scriptRE = regexp.MustCompile(`<script[^>]* src="https://([^/"]+)/pk/`)
)

// TestLibraries has Chrome run the real libraries of ../shared/web/sdk and asks of every cookie and storage key that
// they set whose it is: once with the host that the library came from, once as if the site served it itself. The
// libraries are had with ../shared/web/get-packages.sh FOLDER and named by SDK_PACKAGES=FOLDER.
func TestLibraries(t *testing.T) {
	web := sharedWeb(t)
	packages := web
	if dir := os.Getenv("SDK_PACKAGES"); dir != "" {
		packages = dir
	}
	if _, err := os.Stat(filepath.Join(packages, "npm", "pk")); err != nil {
		t.Skip("the libraries are not there: run ../shared/web/get-packages.sh FOLDER, then set SDK_PACKAGES=FOLDER")
	}
	held := linkInto(t, packages, "npm")
	if err := os.Mkdir(filepath.Join(held, "sdk"), 0o700); err != nil {
		t.Fatal(err)
	}
	from := map[string]string{} // library → host of its script
	for name := range libraries {
		page, err := os.ReadFile(filepath.Join(web, "sdk", name+".html"))
		if err != nil {
			t.Fatal(err)
		}
		from[name] = name + ".sdk.test"
		if m := scriptRE.FindSubmatch(page); m != nil {
			from[name] = string(m[1])
		}
		if err := os.WriteFile(filepath.Join(held, "sdk", name+".html"), append(page, tell...), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	w := startWeb(t, held)
	profiles := w.dir
	items, right := 0, 0
	for _, name := range slices.Sorted(maps.Keys(libraries)) {
		w.dir = filepath.Join(profiles, name) // cookies of sdk.test would be shared
		m := storedRE.FindSubmatch(w.visit(t, "https://"+name+".sdk.test/"))
		if m == nil {
			t.Errorf("%s: the page did not tell what it stores", name)
			continue
		}
		var stored struct{ Cookies, Storage [][2]string }
		if err := json.Unmarshal([]byte(html.UnescapeString(string(bytes.TrimSpace(m[1])))), &stored); err != nil {
			t.Fatal(err)
		}
		if len(stored.Cookies)+len(stored.Storage) == 0 {
			t.Logf("%s stores nothing", name)
		}
		for kind, list := range map[StorageKind][][2]string{CookieName: stored.Cookies, StorageKey: stored.Storage} {
			for _, item := range list {
				items++
				if assigned(t, name, from[name], kind, item[0], item[1]) {
					right++
				}
			}
		}
	}
	if items < 20 {
		t.Errorf("the libraries set %d cookies and keys; too few to have run", items)
	}
	t.Logf("%d of the %d cookies and storage keys of the real libraries are assigned to their vendor and purpose", right, items)
}

func assigned(t *testing.T, library, script string, kind StorageKind, name, value string) bool {
	want := libraries[library]
	v := evidence.NewValue(value)
	site := library + ".sdk.test"
	for what, setter := range map[string]string{"from " + script: script, "served by the site": site} {
		h := Hint{Setter: setter, Domain: site, Site: site, Shape: v.Shape, Length: v.Length}
		var got CookieMatch
		if list := Embedded().Stored(kind, name, h); len(list) > 0 {
			got = list[0]
		}
		purpose := want.purpose
		if got.Service.ID == "google-analytics" && strings.Contains(want.services, "google-analytics") {
			purpose = Analytics
		}
		if !slices.Contains(strings.Fields(want.services), got.Service.ID) || got.Purpose != purpose || got.Confidence < 0.5 {
			t.Errorf("%s, %s: %s %q (%s, %d bytes) is %q for %q at %.2f; want %s for %s", library, what, kind, name, v.Shape, v.Length,
				got.Service.ID, got.Purpose, got.Confidence, want.services, purpose)
			return false
		}
	}
	return true
}
