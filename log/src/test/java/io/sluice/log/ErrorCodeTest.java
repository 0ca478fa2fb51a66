/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ErrorCodeTest {
    @ParameterizedTest
    @EnumSource
    void everyNumberNamesItsError(ErrorCode error) {
        assertThat(ErrorCode.of(error.code())).isSameAs(error);
    }

    @ParameterizedTest
    @ValueSource(shorts = {-2, 67, 129, Short.MAX_VALUE, Short.MIN_VALUE})
    void aNumberThatNobodyHasIsAnUnknownError(short code) {
        assertThat(ErrorCode.of(code)).isSameAs(ErrorCode.UNKNOWN_SERVER_ERROR);
    }
}
