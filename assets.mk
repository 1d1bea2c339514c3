# Fonts and outlines are committed: `make run` needs no Node. These renew them from the packages that package.json names.
FONTS := campaigns/static/campaigns/fonts
SERIF := source-serif-4-latin-400-normal source-serif-4-latin-400-italic source-serif-4-latin-600-normal \
	source-serif-4-latin-ext-400-normal source-serif-4-latin-ext-600-normal
SANS := source-sans-3-latin-400-normal source-sans-3-latin-ext-400-normal
ARABIC := markazi-text-arabic-400-normal markazi-text-arabic-600-normal

.PHONY: fonts outlines
fonts:  ## copy the fonts from their packages again (needs npm)
	npm install --no-audit --no-fund --no-package-lock
	mkdir -p $(FONTS)
	for name in $(SERIF); do cp node_modules/@fontsource/source-serif-4/files/$$name.woff2 $(FONTS)/; done
	for name in $(SANS); do cp node_modules/@fontsource/source-sans-3/files/$$name.woff2 $(FONTS)/; done
	for name in $(ARABIC); do cp node_modules/@fontsource/markazi-text/files/$$name.woff2 $(FONTS)/; done
	for family in source-serif-4 source-sans-3 markazi-text; do \
		cp node_modules/@fontsource/$$family/LICENSE $(FONTS)/LICENSE-$$family.txt; done

outlines:  ## copy the outlines of the world's countries from their package again (needs npm)
	npm install --no-audit --no-fund --no-package-lock
	cp node_modules/world-atlas/countries-50m.json signon/outlines/
	cp node_modules/world-atlas/LICENSE signon/outlines/LICENSE-world-atlas.txt
