package main

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"istio-lab/apps/temperature/converter"
)

// number is a decimal number. Go's own parser takes more: "inf", "0x1p4".
var number = regexp.MustCompile(`^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$`)

// question reads ?from=Celsius&to=Kelvin&temperature=150. The error names all parameters that are wrong.
func question(query url.Values) (*converter.ConvertRequest, error) {
	from, fromErr := unit(query, "from")
	to, toErr := unit(query, "to")
	temperature, numberErr := temperature(query)
	wrong := []string{}
	for _, err := range []error{fromErr, toErr, numberErr} {
		if err != nil {
			wrong = append(wrong, err.Error())
		}
	}
	if len(wrong) > 0 {
		return nil, errors.New(strings.Join(wrong, "; "))
	}
	return &converter.ConvertRequest{Temperature: temperature, From: from, To: to}, nil
}

func unit(query url.Values, name string) (converter.Unit, error) {
	found, known := converter.UnitOf(query.Get(name))
	if known {
		return found, nil
	}
	return found, fmt.Errorf("%s: valid are %s", given(query, name), converter.UnitNames())
}

func temperature(query url.Values) (float64, error) {
	text := strings.TrimSpace(query.Get("temperature")) // a plus sign in a query is a space
	value, err := strconv.ParseFloat(text, 64)
	if err != nil || !number.MatchString(text) {
		return 0, fmt.Errorf("%s: valid is a number, such as 36.6", given(query, "temperature"))
	}
	return value, nil
}

func given(query url.Values, name string) string {
	if !query.Has(name) {
		return name + " is missing"
	}
	return name + "=" + query.Get(name)
}
