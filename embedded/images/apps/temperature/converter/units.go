// Package converter is what temperature-api and temperature-service agree on: converter.proto, the code made of it, and the
// units' names. generate.sh writes the .pb.go files.
package converter

import "strings"

// names are the units as people write them, in the order in which they are listed.
var names = []struct {
	unit Unit
	name string
}{
	{Unit_UNIT_CELSIUS, "Celsius"},
	{Unit_UNIT_FAHRENHEIT, "Fahrenheit"},
	{Unit_UNIT_KELVIN, "Kelvin"},
}

// UnitOf finds a unit by its name, in capitals or not.
func UnitOf(name string) (Unit, bool) {
	for _, known := range names {
		if strings.EqualFold(known.name, name) {
			return known.unit, true
		}
	}
	return Unit_UNIT_UNSPECIFIED, false
}

// Name is the unit's name, or "" where it has none.
func (u Unit) Name() string {
	for _, known := range names {
		if known.unit == u {
			return known.name
		}
	}
	return ""
}

// UnitNames lists the names of all units: "Celsius, Fahrenheit, Kelvin".
func UnitNames() string {
	all := make([]string, len(names))
	for i, known := range names {
		all[i] = known.name
	}
	return strings.Join(all, ", ")
}
