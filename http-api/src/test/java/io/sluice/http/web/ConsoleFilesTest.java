/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What no browser has to be started for: the console's files are all served, and ask for nothing that is not. */
class ConsoleFilesTest {
    private static final Path FOLDER = Path.of("src/main/resources/io/sluice/http/web/console");
    private static final Pattern IMPORT = Pattern.compile("(?:from|import) '([^']+)'");
    private static final Path DOCS = Path.of("..", "docs");
    private static final Pattern PICTURE = Pattern.compile("images/([a-z-]+\\.png)");
    private static final Pattern LINK = Pattern.compile("(?:src|href)=\"(/[^\"]*)\"");

    private static String read(String name) {
        try {
            return Files.readString(FOLDER.resolve(name));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> found(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map((MatchResult result) -> result.group(1))
                .toList();
    }

    @Test
    void everyFileOfTheFolderIsServedAndNoOther() throws Exception {
        List<String> served = new ArrayList<>(ConsoleRoutes.FILES);
        served.add(ConsoleRoutes.PAGE);
        try (Stream<Path> files = Files.list(FOLDER)) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrderElementsOf(served);
        }
    }

    @Test
    void modulesImportOnlyWhatIsServed() {
        List<String> scripts = ConsoleRoutes.FILES.stream()
                .filter(name -> name.endsWith(".js"))
                .toList();

        assertThat(scripts).allSatisfy(name -> assertThat(found(IMPORT, read(name)))
                .as(name)
                .allMatch(path -> path.equals("/sluice.js")
                        || (path.startsWith("./") && scripts.contains(path.substring("./".length())))));
    }

    @Test
    void thePageLoadsOnlyWhatIsServedAndHasNothingInline() {
        String page = read(ConsoleRoutes.PAGE);

        assertThat(found(LINK, page))
                .isNotEmpty()
                .allMatch(path -> path.equals("/v1/openapi.json")
                        || (path.startsWith("/console/")
                                && ConsoleRoutes.FILES.contains(path.substring("/console/".length()))));
        assertThat(page).doesNotContain("<style", "style=", "onclick", "<script>");
    }

    @Test
    void everyPictureOfThePageAboutItIsThere() throws Exception {
        List<String> pictures = found(PICTURE, Files.readString(DOCS.resolve("console.md")));

        assertThat(pictures)
                .isNotEmpty()
                .allMatch(name -> Files.isRegularFile(DOCS.resolve("images").resolve(name)));
    }

    @Test
    void noPictureIsLeftThatNoPageShows() throws Exception {
        List<String> shown = new ArrayList<>(found(PICTURE, Files.readString(Path.of("..", "README.md"))));
        shown.addAll(found(PICTURE, Files.readString(DOCS.resolve("console.md"))));

        try (Stream<Path> pictures = Files.list(DOCS.resolve("images"))) {
            assertThat(pictures.map(file -> file.getFileName().toString()))
                    .filteredOn(name -> name.startsWith("console-"))
                    .allMatch(shown::contains);
        }
    }

    @Test
    void noFileNamesAnotherHostButLinksOfNodesOrMakesMarkupOfText() {
        assertThat(ConsoleRoutes.FILES).allSatisfy(name -> assertThat(read(name)
                        .replace("http://www.w3.org/2000/svg", "")
                        .replace("href: `http://${entry.http}/`", ""))
                .as(name)
                .doesNotContain("http://", "https://", "innerHTML", "outerHTML", "insertAdjacentHTML", "eval(")
                .contains("SPDX-License-Identifier: Apache-2.0"));
    }
}
