package knowledge

import (
	"slices"
	"strings"
	"testing"
)

// known are the facts that imports are held against here.
func known(t testing.TB) *Facts {
	t.Helper()
	f, err := Load(Overlay{"test", []byte(strings.Join([]string{
		"service\tknown-pixel\tKnown Pixel\tKnown Inc.\t\t\tadvertising\ttest",
		"service\tknown-tags\tKnown Tags\tKnown Inc.\t\t\ttag_management\ttest",
		"domain\tpixel.test\tknown-pixel\tadvertising\ttest",
		"domain\ttags.test\tknown-tags\ttag_management\ttest",
	}, "\n"))})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// loads returns the facts with an import over them.
func loads(t testing.TB, i Import) *Facts {
	t.Helper()
	f, err := Load(Overlay{"test", []byte("service\tknown-pixel\tKnown Pixel\tKnown Inc.\t\t\tadvertising\ttest\n" +
		"service\tknown-tags\tKnown Tags\tKnown Inc.\t\t\ttag_management\ttest\n")}, Overlay{"import", i.TSV})
	if err != nil {
		t.Fatalf("the rows do not load: %v\n%s", err, i.TSV)
	}
	return f
}

func sameLines(t *testing.T, got string, want ...string) {
	t.Helper()
	if lines := strings.Split(strings.TrimSuffix(got, "\n"), "\n"); !slices.Equal(lines, want) {
		t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

// The file's form is that of IAB Europe's "Vendor Device Storage & Operational Disclosures", version 1.1.
func TestImportTCF(t *testing.T) {
	i, err := ImportTCF(known(t), "AdExample GmbH", "disclosures of AdExample", []byte(`{
		"disclosures": [
			{"identifier": "adx_retarget", "type": "cookie", "maxAgeSeconds": 2592000, "cookieRefresh": false, "domains": ["*.adexample.test"], "purposes": [1,3,4]},
			{"identifier": "adx_retarget", "type": "cookie", "maxAgeSeconds": 31536000, "domains": ["adx.test"], "purposes": [1,3,4]},
			{"identifier": "id", "type": "web", "maxAgeSeconds": null, "domain": "t.adexample.test", "purposes": [1,8]},
			{"identifier": "adxfp_*", "type": "cookie", "maxAgeSeconds": 0, "domains": ["*"], "purposes": [1,7]},
			{"identifier": "adx_optout", "type": "cookie", "maxAgeSeconds": "157680000", "domains": ["adexample.test"], "purposes": [], "optOut": true},
			{"identifier": "adx_exempt", "type": "cookie", "maxAgeSeconds": -1, "domains": ["adexample.test"], "purposes": []},
			{"identifier": "adx_fraud", "type": "cookie", "maxAgeSeconds": 60, "domains": ["adexample.test"], "purposes": [], "specialPurposes": [1]},
			{"identifier": "xy", "type": "cookie", "maxAgeSeconds": 60, "domains": ["*"], "purposes": [1]},
			{"identifier": "*", "type": "cookie", "maxAgeSeconds": 60, "domains": ["*"], "purposes": [1]},
			{"identifier": "one, two", "type": "cookie", "maxAgeSeconds": 60, "domains": ["*"], "purposes": [1]},
			{"identifier": "adx_elsewhere", "type": "cookie", "maxAgeSeconds": 60, "domains": ["com"], "purposes": [1]},
			{"identifier": "idfa", "type": "app", "maxAgeSeconds": null, "purposes": [1]}
		],
		"domains": [
			{"domain": "*.adexample.test", "purposes": [1,2]},
			{"domain": "pixel.test", "purposes": [1,2]},
			{"domain": "co.uk", "purposes": [1]},
			{"domain": "*", "purposes": [1]}
		]}`))
	if err != nil {
		t.Fatal(err)
	}
	sameLines(t, string(i.TSV),
		"service\tadexample-gmbh\tAdExample\tAdExample GmbH\t\t\tadvertising,strictly_necessary,security,analytics,unknown\tdisclosures of AdExample",
		"cookie\tadx_exempt\tadexample-gmbh\tunknown\t\t0.85\tby=adexample.test\t\tdisclosures of AdExample",
		"cookie\tadx_fraud\tadexample-gmbh\tsecurity\t1m\t0.85\tby=adexample.test\t\tdisclosures of AdExample",
		"cookie\tadx_optout\tadexample-gmbh\tstrictly_necessary\t5y\t0.85\tby=adexample.test consent\t\tdisclosures of AdExample",
		"cookie\tadx_retarget\tadexample-gmbh\tadvertising\t1y\t0.85\tby=adexample.test,adx.test\t\tdisclosures of AdExample",
		"cookie\tadxfp_*\tadexample-gmbh\tadvertising\tsession\t0.85\t\t\tdisclosures of AdExample",
		"domain\tadexample.test\tadexample-gmbh\tadvertising\tdisclosures of AdExample",
		"storage\tid\tadexample-gmbh\tanalytics\t\t0.85\tby=t.adexample.test\t\tdisclosures of AdExample",
	)
	sameLines(t, strings.Join(i.Skipped, "\n"),
		`"idfa" is storage of type "app", not of a browser`,
		`cookie "*" matches every name`,
		`cookie "adx_elsewhere": no usable domain`,
		`cookie "one, two" is no name`,
		`cookie "xy" is too short to tell whose it is on any site`,
		`domain "*" is no domain of one owner`,
		`domain "co.uk" is no domain of one owner`,
		`domain pixel.test is known as Known Pixel's`,
	)
	f := loads(t, i)
	found := f.Stored(CookieName, "adxfp_77", Hint{Setter: "shop.test"})
	if len(found) != 1 || found[0].Service.Entity != "AdExample GmbH" || found[0].Lifetime != 0 || found[0].Layer != "import" {
		t.Errorf("adxfp_77: %+v", found)
	}
	if found := f.Stored(StorageKey, "id", Hint{Domain: "shop.test"}); len(found) != 0 {
		t.Errorf("a short key on another site: %+v", found)
	}
}

func TestImportTCFOfAKnownVendor(t *testing.T) {
	i, err := ImportTCF(known(t), "Known Inc.", "test", []byte(`{"disclosures":[{"identifier":"kn_id","type":"cookie","maxAgeSeconds":90,"domains":["pixel.test"],"purposes":[1,2]}],"domains":[{"domain":"pixel.test","purposes":[2]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	sameLines(t, string(i.TSV), "cookie\tkn_id\tknown-pixel\tadvertising\t90s\t0.85\tby=pixel.test\t\ttest")
}

// The form is that of the EDPB website auditing tool's knowledge bases.
func TestImportEDPB(t *testing.T) {
	i, err := ImportEDPB(known(t), "inspectors' base", []byte("\ufeff"+` [
		{"name": "Cookies", "author": "x", "category": "cookie", "knowledges": [
			{"domain": "*", "name": "ins_uid*", "category": "Targeted advertising", "source": "Open (controller)", "controller": "Inspected Ltd", "policy": "https://inspected.test/", "comment": "a\tb"},
			{"domain": "*inspected.test", "name": "u", "category": "Analytics (non exempted)", "source": "Open (Outsider)", "controller": "Inspected Ltd"},
			{"domain": "*.inspected.test", "name": "*", "category": "?", "source": "Open (Outsider)", "controller": "Inspected Ltd"},
			{"domain": "*", "name": "kn_tech ", "category": "Technical", "source": "Open (Inspector)", "controller": "Known Pixel"},
			{"domain": "*", "name": "nobody", "category": "?", "source": "", "controller": ""},
			{"domain": "*", "name": "odd", "category": "Odd", "source": "", "controller": "Inspected Ltd"},
			{"domain": "not a domain", "name": "somename", "category": "?", "source": "", "controller": "Inspected Ltd"}
		]},
		{"name": "Keys", "category": "localstorage", "knowledges": [
			{"script": "https://js.inspected.test/lib.js", "key": "k", "category": "Social media", "source": "Open (Inspector)", "controller": "Inspected Ltd"},
			{"script": "*", "key": "ins_key", "category": "Content customisation", "source": "Open (Inspector)", "controller": "Inspected Ltd"}
		]}]`))
	if err != nil {
		t.Fatal(err)
	}
	sameLines(t, string(i.TSV),
		"service\tinspected-ltd\tInspected\tInspected Ltd\t\t\tpersonalization,analytics,advertising,social_media,unknown\tinspectors' base",
		"cookie\tins_uid*\tinspected-ltd\tadvertising\t\t0.7\t\t\tinspectors' base",
		"cookie\tkn_tech\tknown-pixel\tfunctional\t\t0.7\t\t\tinspectors' base",
		"cookie\tu\tinspected-ltd\tanalytics\t\t0.5\tby=inspected.test\t\tinspectors' base",
		"domain\tinspected.test\tinspected-ltd\tunknown\tinspectors' base",
		"storage\tins_key\tinspected-ltd\tpersonalization\t\t0.7\t\t\tinspectors' base",
		"storage\tk\tinspected-ltd\tsocial_media\t\t0.7\tby=js.inspected.test\t\tinspectors' base",
	)
	sameLines(t, strings.Join(i.Skipped, "\n"),
		`cookie "nobody" of "*": no controller`,
		`cookie "odd": unknown category "Odd"`,
		`cookie "somename": "not a domain" is no domain`,
	)
	loads(t, i)
}

// The form is that of the EDPS website evidence collector's inspection.json.
func TestImportWEC(t *testing.T) {
	i, err := ImportWEC(known(t), "inspection of shop.test", []byte(`{
		"host": "www.shop.test",
		"cookies": [
			{"name": "kn_first", "domain": "shop.test", "expiresDays": 390, "firstPartyStorage": true, "log": {"stack": [{"fileName": "https://www.shop.test/app.js"}, {"fileName": "https://cdn.pixel.test/p.js"}]}},
			{"name": "IDX", "domain": ".pixel.test", "firstPartyStorage": false},
			{"name": "session", "domain": "www.shop.test"},
			{"name": "foreign", "domain": "unknown.test"},
			{"name": "by_tags", "domain": "www.shop.test", "log": {"stack": [{"fileName": "https://tags.test/t.js"}]}}
		],
		"localStorage": {
			"https://frame.pixel.test": {"kn_key": {"value": 1}},
			"https://www.shop.test": {"cart": {"value": {}, "firstPartyStorage": true}}
		}}`))
	if err != nil {
		t.Fatal(err)
	}
	sameLines(t, string(i.TSV),
		"cookie\tIDX\tknown-pixel\tadvertising\t\t0.4\tby=pixel.test\t\tinspection of shop.test",
		"cookie\tkn_first\tknown-pixel\tadvertising\t\t0.4\tby=pixel.test\t\tinspection of shop.test",
		"storage\tkn_key\tknown-pixel\tadvertising\t\t0.4\tby=pixel.test\t\tinspection of shop.test",
	)
	sameLines(t, strings.Join(i.Skipped, "\n"),
		`cookie "by_tags" of www.shop.test: nobody known wrote it`,
		`cookie "foreign" of unknown.test: nobody known wrote it`,
		`cookie "session" of www.shop.test: nobody known wrote it`,
		`storage "cart" of www.shop.test: nobody known wrote it`,
	)
	found := loads(t, i).Stored(CookieName, "kn_first", Hint{Setter: "cdn.pixel.test", Domain: "shop.test"})
	if len(found) != 1 || found[0].Service.ID != "known-pixel" {
		t.Errorf("kn_first: %+v", found)
	}
}

func TestImportsRefuse(t *testing.T) {
	f := known(t)
	for _, text := range []string{"", "[]", "{", `"x"`, `{"disclosures": 1}`, `{"cookies": 1, "knowledges": 1, "disclosures": 1}`} {
		if _, err := ImportTCF(f, "x", "y", []byte(text)); err == nil && text != "" {
			t.Errorf("TCF: %q passes", text)
		}
		if _, err := ImportEDPB(f, "y", []byte(text)); err == nil {
			t.Errorf("EDPB: %q passes", text)
		}
		if _, err := ImportWEC(f, "y", []byte(text)); err == nil {
			t.Errorf("WEC: %q passes", text)
		}
	}
	if _, err := ImportTCF(f, " \t", "y", []byte("{}")); err == nil {
		t.Error("a vendor without a name passes")
	}
}

// FuzzImport feeds arbitrary text to each reader: what comes out loads, and is the same the second time.
func FuzzImport(f *testing.F) {
	f.Add("AdExample GmbH", `{"disclosures":[{"identifier":"a\tb","type":"cookie","maxAgeSeconds":1e9,"domains":["*.x.test"],"purposes":[1,2]}],"domains":[{"domain":"x.test"}]}`)
	f.Add("x", `[{"knowledges":[{"domain":"*","name":"n\nm","category":"?","controller":"a\u202eb"}]}]`)
	f.Add("x", `{"host":"a.test","cookies":[{"name":"\u0000","domain":"pixel.test"}],"localStorage":{"https://pixel.test":{"k\tl":{}}}}`)
	facts := known(f)
	f.Fuzz(func(t *testing.T, vendor, text string) {
		for _, read := range []func() (Import, error){
			func() (Import, error) { return ImportTCF(facts, vendor, vendor, []byte(text)) },
			func() (Import, error) { return ImportEDPB(facts, vendor, []byte(text)) },
			func() (Import, error) { return ImportWEC(facts, vendor, []byte(text)) },
		} {
			one, err := read()
			if err != nil {
				continue
			}
			loads(t, one)
			if two, _ := read(); string(two.TSV) != string(one.TSV) || !slices.Equal(one.Skipped, two.Skipped) {
				t.Errorf("%q then %q", one.TSV, two.TSV)
			}
		}
	})
}
