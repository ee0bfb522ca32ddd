"use strict";
// Stands in for packages that Azurite loads, or might load, and that Reel never lets it use.
module.exports = {};
